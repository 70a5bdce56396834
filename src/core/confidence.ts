/** How sure a verdict is: `certain` is proven by the evidence shown, `likely` fits it best, `possible` is one of several. */
export const CONFIDENCES = ['certain', 'likely', 'possible'] as const
export type Confidence = (typeof CONFIDENCES)[number]
