/** A response of the emulator: an HTTP status and a JSON body. */
export interface EmulatorResponse {
  readonly status: number;
  readonly body: object;
  /** Of 303: where to go on. */
  readonly location?: string;
}

export function ok(body: object): EmulatorResponse {
  return { status: 200, body };
}

/** A failure of the service, as Agora's status-code page lists it. */
export function failure(status: number, code: number, reason: string): EmulatorResponse {
  return { status, body: { code, reason } };
}

/** A failure of the gateway before the service. */
export function gatewayFailure(status: number, message: string): EmulatorResponse {
  return { status, body: { message } };
}

/** Thrown where the rest of a request does not matter any more. */
export class RequestRefused extends Error {
  readonly answer: EmulatorResponse;

  constructor(answer: EmulatorResponse) {
    super('answered');
    this.answer = answer;
  }
}

/** Ends the request with code 2, "parameter wrong"; the reason names the field. */
export function rejectParameter(reason: string): never {
  throw new RequestRefused(failure(400, 2, reason));
}
