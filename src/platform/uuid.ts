/**
 * A UUID of version 4, a name that nothing else has. It is no secret: `Math.random` begins in each process with 64 random bits. To load
 * `node:crypto` takes longer than what a call adds to a script.
 */
export function uuid(): string {
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replaceAll(/[xy]/g, (digit) => {
    const random = Math.floor(Math.random() * 16);
    return (digit === 'x' ? random : (random % 4) + 8).toString(16);
  });
}
