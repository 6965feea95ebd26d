/** What a guest was denied, in its log: each kind once, however often it asks. */
import type { Level } from '../../component/generated/service.ts';

export function tellOnce(write: (level: Level, text: string) => void): (what: string, level?: Level) => void {
	const told = new Set<string>();
	return (what, level = 'warn') => {
		if (told.has(what)) return;
		told.add(what);
		write(level, `denied: ${what}, which no manifest can ask for on this box`);
	};
}
