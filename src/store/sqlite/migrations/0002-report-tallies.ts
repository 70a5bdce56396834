/**
 * Figures that reports need and that incidents alone would give only by reading millions of them: failures per signature
 * and confidence, who was affected, how many records went unrecognised. Per quarter of an hour, the grain of all time
 * zones; kept as long as the incidents.
 */
export const REPORT_TALLIES = `
-- Failures by what reported them. Bounded by the signatures there are; a revision moves the count.
CREATE TABLE tally (
  quarter INTEGER NOT NULL, voice INTEGER NOT NULL, confidence INTEGER NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (quarter, voice, confidence)
) STRICT, WITHOUT ROWID;
INSERT INTO tally (quarter, voice, confidence, count)
  SELECT time_ms / 900000 - (time_ms % 900000 < 0), voice, confidence, count(*) FROM incident GROUP BY 1, 2, 3;

-- Subjects that failed, by keyed hash: distinct counts add up over any time. A limited number per quarter (counter
-- affected_subjects tells how many were over it).
CREATE TABLE affected (
  quarter INTEGER NOT NULL, hash INTEGER NOT NULL, PRIMARY KEY (quarter, hash)
) STRICT, WITHOUT ROWID;

-- Records that look like auth failures and match no signature.
CREATE TABLE unrecognised_quarter (quarter INTEGER NOT NULL PRIMARY KEY, count INTEGER NOT NULL) STRICT;
`
