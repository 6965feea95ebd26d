/** Which of two versions is the later one: semver 2.0.0, 11. */

/** Less than 0 where `a` is before `b`, 0 where neither is. */
export function compareVersions(a: string, b: string): number {
	const [first, second] = [parts(a), parts(b)];
	for (const at of [0, 1, 2]) {
		const difference = (first.numbers[at] ?? 0) - (second.numbers[at] ?? 0);
		if (difference !== 0) return difference;
	}
	// 11.3: a version that is not yet one is before it.
	if (first.before.length === 0 || second.before.length === 0)
		return second.before.length - first.before.length;
	for (let at = 0; ; at++) {
		const [one, other] = [first.before[at], second.before[at]];
		if (one === undefined || other === undefined) return first.before.length - second.before.length;
		const order = compareWords(one, other);
		if (order !== 0) return order;
	}
}

function parts(version: string): { numbers: readonly number[]; before: readonly string[] } {
	const at = version.indexOf('-');
	const numbers = (at === -1 ? version : version.slice(0, at)).split('.').map(Number);
	return { numbers, before: at === -1 ? [] : version.slice(at + 1).split('.') };
}

/** 11.4: numbers by their value and before words, words by their bytes. */
function compareWords(a: string, b: string): number {
	const [isNumber, isOtherNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
	if (isNumber && isOtherNumber) return Number(a) - Number(b);
	if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
	if (a === b) return 0;
	return a < b ? -1 : 1;
}
