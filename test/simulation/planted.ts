/** The name of the mistake that is planted now; null: none. Only the player of mistakes changes it. */
export const planted: { mistake: string | null } = { mistake: null };
