/** Why a candidate is not called while it cools down. @param endsAtWallMs in wall milliseconds */
export const describeCoolDown = (endsAtWallMs: number): string =>
  `cooling down until ${new Date(endsAtWallMs).toISOString()}: it has asked for fewer calls`;
