/** Where a receiver listens and whom it lets in. */

export interface TlsFiles {
  /** PEM. */
  cert: string
  key: string
}

export interface Listening {
  /** Address to bind. */
  host: string
  /** 0: any free one. */
  port: number
  /** Bearer token that senders must present. */
  token?: string
  tls?: TlsFiles
}
