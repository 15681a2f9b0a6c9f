/** Text, or a function that gives it each time it is needed: for what rotates, or is fetched. */
export type TextSource = string | (() => string | Promise<string>);

/** What a login of your own gives. */
export interface VaultLogin {
  readonly token: string;
  /** How long the token lasts, in seconds. @default unknown: it is used until Vault refuses it */
  readonly ttlSeconds?: number;
  /** Whether `auth/token/renew-self` lengthens it. @default false */
  readonly renewable?: boolean;
}

/** How to log in: exactly one of these. `mount` is where the auth method is mounted, when not at its own name. */
export type VaultAuth =
  /** A token that someone else looks after: asked for again when Vault refuses it, never renewed or revoked. */
  | { readonly token: TextSource }
  /** https://developer.hashicorp.com/vault/api-docs/auth/approle#login-with-approle */
  | {
      readonly appRole: {
        readonly roleId: TextSource;
        /** Left out for a role with `bind_secret_id=false`. */
        readonly secretId?: TextSource;
        /** @default 'approle' */
        readonly mount?: string;
      };
    }
  /** https://developer.hashicorp.com/vault/api-docs/auth/jwt#jwt-login */
  | {
      readonly jwt: {
        /** Left out for the method's default role. */
        readonly role?: string;
        readonly jwt: TextSource;
        /** @default 'jwt' */
        readonly mount?: string;
      };
    }
  /** https://developer.hashicorp.com/vault/api-docs/auth/kubernetes#login */
  | {
      readonly kubernetes: {
        readonly role: string;
        /**
         * The service account's token, read at each login since it rotates.
         * @default '/var/run/secrets/kubernetes.io/serviceaccount/token'
         */
        readonly file?: string;
        /** @default 'kubernetes' */
        readonly mount?: string;
      };
    }
  /** https://developer.hashicorp.com/vault/api-docs/auth/userpass#login */
  | {
      readonly userpass: {
        readonly username: string;
        readonly password: TextSource;
        /** @default 'userpass' */
        readonly mount?: string;
      };
    }
  /** Any other way: called for the first token, and again when one ends. */
  | { readonly login: (options: { readonly signal: AbortSignal }) => Promise<VaultLogin> };

export interface VaultTls {
  /** Certificates to trust instead of Node's own, PEM. @default VAULT_CACERT, VAULT_CACERT_BYTES, VAULT_CAPATH */
  readonly ca?: string;
  /** Client certificate, PEM. @default the file of VAULT_CLIENT_CERT */
  readonly cert?: string;
  /** Its private key, PEM. @default the file of VAULT_CLIENT_KEY */
  readonly key?: string;
  /** The name that the server's certificate has to carry. @default VAULT_TLS_SERVER_NAME, or the host */
  readonly serverName?: string;
  /** Takes any certificate: for a test, never for secrets that matter. @default VAULT_SKIP_VERIFY, or false */
  readonly skipVerify?: boolean;
}

/** A ready node-vault client: any version, as long as it reads. */
export interface NodeVaultClient {
  read(path: string): Promise<unknown>;
}

interface PathOptions {
  /** Put before every path, such as `secret/myapp/prod/`. @default '' */
  readonly prefix?: string;
  /** The version of the KV engine, so that no call has to ask for it. @default asked once for each mount */
  readonly kv?: 1 | 2;
  /** With `kv: 2`: where the engine is mounted. @default the first segment of the path */
  readonly mount?: string;
  /**
   * The key in `custom_metadata` of KV version 2 whose date (`2026-08-01`, or a time with its zone) says when the current
   * value was last changed. Where a secret has it, it stands for the creation of the version; one that cannot be read
   * leaves the age unknown. @default none
   */
  readonly rotatedAtKey?: string;
}

export interface VaultConnectionOptions extends PathOptions {
  readonly client?: undefined;
  /** Such as `https://vault.example.com:8200`. @default VAULT_ADDR */
  readonly address?: string;
  /** Sent as X-Vault-Namespace. @default VAULT_NAMESPACE */
  readonly namespace?: string;
  /** @default VAULT_TOKEN, then the file ~/.vault-token */
  readonly auth?: VaultAuth;
  readonly tls?: VaultTls;
}

export interface VaultClientOptions extends PathOptions {
  /**
   * A node-vault client that is used as it is and never closed; address, token, namespace, TLS and retries are its own.
   * It takes no signal: a call that is aborted here goes on in the background.
   */
  readonly client: NodeVaultClient;
}

export type VaultOptions = VaultConnectionOptions | VaultClientOptions;
