/** Which topics are blocked, and how often each was. */
export class Firewall {
	/** Of every topic that was asked for: whether it passes. */
	private known: Map<string, bool> = new Map<string, bool>();
	private counts: Map<string, u64> = new Map<string, u64>();

	/** @param patterns each a topic, `*`, or the beginning of topics such as `camera.*` */
	constructor(private patterns: string[]) {}

	/** False for what is blocked; that is counted. */
	passes(topic: string): bool {
		if (!this.known.has(topic)) this.known.set(topic, !this.isBlocked(topic));
		if (this.known.get(topic)) return true;
		this.counts.set(topic, this.count(topic) + 1);
		return false;
	}

	count(topic: string): u64 {
		return this.counts.has(topic) ? this.counts.get(topic) : 0;
	}

	/** Those that something was blocked on. */
	topics(): string[] {
		return this.counts.keys();
	}

	private isBlocked(topic: string): bool {
		for (let at = 0; at < this.patterns.length; at++) {
			const pattern = this.patterns[at];
			const isPrefix = pattern.endsWith("*");
			if (isPrefix ? topic.startsWith(pattern.slice(0, pattern.length - 1)) : topic == pattern) return true;
		}
		return false;
	}
}
