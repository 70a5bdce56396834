/** Every scenario of kills, by what is killed. */
import { killDelivery } from './delivery.ts'
import { copyTruncate, killIngest, renameAndCreate } from './ingest.ts'
import type { KillScenario } from './kill-run.ts'
import { killMigration } from './migration.ts'
import { killRetention } from './retention.ts'

export const KILL_SCENARIOS: Readonly<Record<string, KillScenario>> = {
  'ingest, rotation by rename and create': (run) => killIngest(run, renameAndCreate),
  'ingest, rotation by copytruncate': (run) => killIngest(run, copyTruncate),
  migration: killMigration,
  retention: killRetention,
  'delivery of alerts': killDelivery,
}
