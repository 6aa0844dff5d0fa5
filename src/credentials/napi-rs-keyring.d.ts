// The slice of @napi-rs/keyring 2.1 that is used. It is native code, so it is not bundled: whoever wants it installs it beside kosmo.
declare module '@napi-rs/keyring' {
  export class Entry {
    constructor(service: string, account: string, options: { readonly linux: { readonly store: 'secret-service' } });
    getPassword(): string | null;
    setPassword(password: string): void;
  }
}
