/** Version 9: positions of sources that have positions of their own (a journal's cursor). */
export const CURSOR = `
ALTER TABLE stream ADD COLUMN cursor TEXT;
`
