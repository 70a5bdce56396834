/**
 * Every limit of the OTLP receivers with its reason. Sizes in bytes or characters as named.
 * Invariant: what one request can make us hold is bounded by these, whatever its bytes are.
 */

/** A request after decompression: the Collector's largest usual batch (8192 spans) in protobuf, twice. gRPC and HTTP alike. */
export const BODY_LIMIT_BYTES = 16 * 1024 * 1024

/** JSON is parsed in one go and must not hold up everything else: this much takes about 50 ms. */
export const JSON_LIMIT_BYTES = 8 * 1024 * 1024

/** Objects and arrays in a JSON body. A span has about sixty; 8192 of them just fit. Stops `[[],[],…` from growing fiftyfold. */
export const JSON_NODES_LIMIT = 600_000

/** Messages inside messages, arrays and objects alike. OTLP itself nests eight deep, attribute values a few more. */
export const NESTING_LIMIT = 32

/** Spans or log records of one request; an empty one costs two bytes on the wire and a thousand times that in memory. */
export const RECORDS_LIMIT = 50_000

/** Attributes of one span, log record, event or resource; the SDKs' own default is 128. */
export const ATTRIBUTES_LIMIT = 256

/** Events of one span that are looked at; the SDKs' own default is 128, exceptions are what is wanted. */
export const EVENTS_LIMIT = 128

/** Entries of one array or map value. */
export const ELEMENTS_LIMIT = 128

/** Characters of one text value; long ones are stack traces. As much as signatures look at. */
export const TEXT_LIMIT_CHARS = 65_536

/** Characters of one rendered record: as long as a line of a file may be. */
export const RECORD_LIMIT_CHARS = 1024 * 1024
