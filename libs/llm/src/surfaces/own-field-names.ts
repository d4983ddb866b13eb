/** Where Switchyard's own fields stand in the bodies of surfaces that have other words for the rest, as `AnswerSurface.fieldNames`. */
export const OWN_FIELD_NAMES: readonly (readonly [string, string])[] = [
  ['context', 'switchyard.context'],
  ['requirements', 'switchyard.requirements'],
  ['failover', 'switchyard.failover'],
  ['labels', 'switchyard.labels'],
];
