/**
 * Chooses React's production build, which is faster and keeps no timing records of every render (a day of running must
 * grow memory by nothing). Must come before anything that imports React, JSX included (which imports its runtime first):
 * half of each build draws nothing at all, and says nothing. Tests keep the build with the warnings.
 */
if (process.env.NODE_ENV !== 'test') process.env.NODE_ENV = 'production'
