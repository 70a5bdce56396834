/** The command that shows what each source brought last. */
export const SOURCES_COMMAND = 'authtop query "SELECT name, last_record, error FROM sources ORDER BY last_record"'
