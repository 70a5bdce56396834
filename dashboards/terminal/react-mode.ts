/**
 * Chooses React's production build, which is faster and keeps no timing records of every render (a day of running must
 * grow memory by nothing). Must be imported before anything that imports React.
 */
process.env.NODE_ENV ??= 'production'
