/** Every table by its panel; a new one is one line here. */
import { CAUSES_TABLE } from './causes-table.ts'
import { CLOCKS_TABLE } from './clocks-table.ts'
import { FINDINGS_TABLE } from './findings-table.ts'
import { INCIDENTS_TABLE } from './incidents-table.ts'
import type { PanelId } from './screens.ts'
import { SOURCES_TABLE } from './sources-table.ts'
import type { Table } from './table.ts'
import { CLIENTS_TABLE, HOSTS_TABLE, ISSUERS_TABLE, SERVICES_TABLE } from './who-tables.ts'

/** Rows are of a different kind in each; whoever reads the list treats them alike. */
export const TABLES: Readonly<Record<PanelId, Table<unknown>>> = {
  causes: CAUSES_TABLE as Table<unknown>,
  findings: FINDINGS_TABLE as Table<unknown>,
  clocks: CLOCKS_TABLE as Table<unknown>,
  incidents: INCIDENTS_TABLE as Table<unknown>,
  clients: CLIENTS_TABLE as Table<unknown>,
  services: SERVICES_TABLE as Table<unknown>,
  issuers: ISSUERS_TABLE as Table<unknown>,
  hosts: HOSTS_TABLE as Table<unknown>,
  sources: SOURCES_TABLE as Table<unknown>,
}
