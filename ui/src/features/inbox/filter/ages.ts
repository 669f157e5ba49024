// Filters by how long ago something came: what they find changes by time alone.

const AGO = String.raw`:(?:\d+[smhdw]|today|yesterday)(?:\s|$)`;
const LOSES = new RegExp(String.raw`(?:^|\s)(?:since|-before)${AGO}`);
const AGES = new RegExp(String.raw`(?:^|\s)-?(?:since|before)${AGO}`);

/** True if rows leave the filter by themselves. */
export const loses = (filter: string): boolean => LOSES.test(filter);

/** True if rows leave or join the filter by themselves. */
export const ages = (filter: string): boolean => AGES.test(filter);
