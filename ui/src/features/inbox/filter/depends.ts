// What a filter asks for that may change while nothing new is stored.

/** True if rows leave the list when they are read: then they stay until it is looked at anew. */
export const onReading = (filter: string): boolean => /(?:^|\s)-?is:(?:un)?read(?:\s|$)/.test(filter);

/** True if rows leave and join the list when marks and verdicts change. */
export const onMarks = (filter: string): boolean => /(?:^|\s)-?(?:(?:tag|has|type):|is:(?!first(?:\s|$)))/.test(filter);

/** True if rows leave and join the list as pushes are found to be of one delivery. */
export const onDeliveries = (filter: string): boolean => /(?:^|\s)-?(?:is:first(?:\s|$)|delivery:)/.test(filter);
