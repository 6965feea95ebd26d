/** What a box must have kept, by what was said and heard outside until its power was cut. */
import { guestName } from './guest.ts';
import { type Dealings, isPossible, type Partner, pair } from './journal-pair.ts';
import type { KeptData } from './kept-data.ts';
import type { Fact } from './work.ts';

/** What is wrong with what a box has; undefined where it is what it must have. */
export function faultIn({ modules, complaints, had }: KeptData, facts: readonly Fact[]): string | undefined {
	if (complaints.length > 0) return complaints.join('; ');
	const dealings = dealingsOf(facts);
	if (!isPossible(had, dealings))
		return `orders had ${JSON.stringify(had)}, and dealt with was ${JSON.stringify(dealings)}`;
	const allowed = allowedVersions(facts).map((version) =>
		version === '' ? [] : [`${guestName} ${version}`],
	);
	const others = ['probe', ...pair];
	const guests = modules.filter((module) => !others.includes(module.split(' ')[0] ?? ''));
	if (modules.length - guests.length < others.length || !allowed.some((one) => `${one}` === `${guests}`))
		return `there are ${modules.join(', ')}, and there may be ${allowed.join(' or ')}`;
	return undefined;
}

/** Versions of the module that comes and goes; empty for none. The second is one that is on its way. */
function allowedVersions(facts: readonly Fact[]): string[] {
	let [reached, wanted] = ['', ''];
	for (const fact of facts) {
		if (fact.kind === 'wanted') wanted = fact.version;
		if (fact.kind === 'reached') reached = fact.version;
	}
	return [...new Set([reached, wanted])];
}

function dealingsOf(facts: readonly Fact[]): Record<Partner, Dealings> {
	const sent = facts.filter(({ kind }) => kind === 'sent').length;
	const [left, right] = pair.map((of): Dealings => {
		const answers = facts.filter((fact) => fact.kind === 'answered').filter((fact) => fact.of === of);
		const last = answers.at(-1);
		return {
			asked: facts.filter((fact) => fact.kind === 'asked' && fact.of === of).length,
			answered: answers.length,
			told: last?.count ?? 0,
			certain: last?.certain ?? 0,
			sent,
		};
	});
	return { left: left as Dealings, right: right as Dealings };
}
