/** Where scheduled reports are kept, and what wakes them up, for the environment a command runs in. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { isJobName, type Job, ScheduleFolder } from '../../app/schedule/job.ts'
import { cronWaker, systemdWaker, type Waker } from '../../app/schedule/wakers.ts'
import { EXIT, UserError } from '../exit-code.ts'
import { stateFolder } from '../store-option.ts'

export function configHome(env: NodeJS.ProcessEnv): string {
  return env.XDG_CONFIG_HOME || join(homedir(), '.config')
}

export function scheduleFolder(env: NodeJS.ProcessEnv): ScheduleFolder {
  return new ScheduleFolder({ config: join(configHome(env), 'authtop'), state: stateFolder(env) })
}

export function wakers(env: NodeJS.ProcessEnv): Record<Exclude<Job['waker'], 'none'>, Waker> {
  return { systemd: systemdWaker(join(configHome(env), 'systemd', 'user')), cron: cronWaker() }
}

export function checkName(name: string): string {
  if (isJobName(name)) return name
  throw new UserError(`"${name}" is no name for a schedule`, 'names are up to 32 of a-z, 0-9 and -')
}

export async function readJob(folder: ScheduleFolder, name: string): Promise<Job> {
  let job: Job | null
  try {
    job = await folder.read(checkName(name))
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`the schedule "${name}" cannot be read`, 'remove and install it anew', EXIT.io)
  }
  if (job !== null) return job
  const names = await folder.names()
  throw new UserError(
    `there is no schedule "${name}"`,
    names.length === 0 ? 'none is installed; see authtop schedule install --help' : `there are: ${names.join(', ')}`,
  )
}
