/**
 * How much of a store is meant where several collectors share one. `collector`: what this collector brought, which is how
 * collecting itself writes and looks. `whole`: everything. Where there is but one collector the two are the same.
 */
export type OpenScope = 'collector' | 'whole'
