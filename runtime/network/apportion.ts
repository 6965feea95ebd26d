/**
 * Splits a whole number by weight into whole numbers that add up to it exactly: everyone gets
 * their share rounded down, and what is left goes one each to the largest fractions.
 */
export function apportion<Key>(total: number, weights: ReadonlyMap<Key, number>): Map<Key, number> {
	const sum = [...weights.values()].reduce((all, weight) => all + weight, 0);
	if (!(sum > 0)) {
		return new Map();
	}
	const shares = [...weights].map(([key, weight]) => {
		const exact = (total * weight) / sum;
		return { key, whole: Math.floor(exact), rest: exact - Math.floor(exact) };
	});
	let left = total - shares.reduce((all, { whole }) => all + whole, 0);
	for (const share of shares.toSorted((a, b) => b.rest - a.rest)) {
		if (left <= 0) {
			break;
		}
		share.whole++;
		left--;
	}
	return new Map(shares.map(({ key, whole }) => [key, whole]));
}
