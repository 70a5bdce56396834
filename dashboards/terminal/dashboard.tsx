/**
 * The one React component: hands the painted lines of the present frame to Ink and the keys to the controller. All
 * layout is done in frame.ts; one text node per row keeps a frame of 200 by 50 cheap.
 */
import { Box, Text, useApp, useInput, usePaste } from 'ink'
import { memo, useEffect, useSyncExternalStore } from 'react'
import { decodeKeys, type KeyPress } from './key-press.ts'

export interface DashboardProps {
  /** Calls back when there is a new frame; answers how to unsubscribe. */
  subscribe(listener: () => void): () => void
  /** The present frame; the same array as long as nothing changed. */
  frame(): readonly string[]
  /** The keys of one chunk of input: fast typing, a held key. */
  onKeys(keys: readonly KeyPress[]): void
  onPaste(text: string): void
  /** Hands out Ink's way to give the terminal back for a while. */
  onReady(suspend: (whileAway: () => Promise<void>) => Promise<void>): void
}

const Row = memo(function Row({ text }: { text: string }) {
  // A blank keeps an empty row one row high.
  return <Text wrap="truncate">{text === '' ? ' ' : text}</Text>
})

export function Dashboard({ subscribe, frame, onKeys, onPaste, onReady }: DashboardProps) {
  const lines = useSyncExternalStore(subscribe, frame)
  const { suspendTerminal } = useApp()
  useEffect(() => onReady(suspendTerminal), [onReady, suspendTerminal])
  useInput((input, key) => onKeys(decodeKeys(input, key)))
  usePaste(onPaste)
  return (
    <Box flexDirection="column" height={lines.length}>
      {lines.map((text, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is its index
        <Row key={row} text={text} />
      ))}
    </Box>
  )
}
