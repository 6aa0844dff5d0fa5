// The used part of @napi-rs/keyring 2.1. It is native code, so it is not bundled: users install it beside kosmo.
declare module '@napi-rs/keyring' {
  export class Entry {
    constructor(service: string, account: string, options: { readonly linux: { readonly store: 'secret-service' } });
    getPassword(): string | null;
    setPassword(password: string): void;
  }
}
