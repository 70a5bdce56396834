/** Where receivers listen unless told otherwise; apart from the receivers, whose libraries only those load who need them. */

/** https://opentelemetry.io/docs/specs/otlp/: default ports. */
export const OTLP_HTTP_PORT = 4318
export const OTLP_GRPC_PORT = 4317
export const WEBHOOK_PORT = 4319
/** 514 is the standard's and needs privileges. */
export const SYSLOG_PORT = 5514
