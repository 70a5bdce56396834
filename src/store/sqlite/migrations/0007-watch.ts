/** Version 7: what the collector saw of its sources, step by step. */
export const WATCH = `
CREATE TABLE watch_source (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
-- One row per five minutes; body is JSON: {"s":[[source,records,recognised],…],"t":[[system,template,count],…],"c":[[host,by,offset_s,error_s,synchronised],…]}.
CREATE TABLE watch_step (start_ms INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
`
