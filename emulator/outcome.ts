/** How a process ended. */
export type Outcome = { readonly kind: 'exit'; readonly status: number } | { readonly kind: 'signal'; readonly signal: number };
