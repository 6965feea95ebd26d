/** Topics by pattern: `media.state`, `media.*` for all that begins with `media.`, `*` for every one. */

/** In characters. */
export const longestTopicPattern = 200;
export const topicPatternShape = /^(?:\*|[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)*(?:\.\*)?)$/;

export function isTopicPattern(text: string): boolean {
	return text.length <= longestTopicPattern && topicPatternShape.test(text);
}

/** @param pattern as `isTopicPattern` accepts it */
export function matchesTopic(pattern: string, topic: string): boolean {
	return pattern.endsWith('*') ? topic.startsWith(pattern.slice(0, -1)) : topic === pattern;
}
