/** Where a session should be that plays what is on the box: it uses no network, but its VM is bound to one. */
import { type Decision, decide, type Question } from './policy.ts';

/** Whether nothing of this comes over a network. */
export function isLocal(url: string): boolean {
	return url.startsWith('recording:');
}

/** It goes where another session would, or anywhere where there is no network, and stays until somebody asks. */
export function decideLocally(question: Question, isOwned: boolean): Decision {
	const { session, basebands } = question;
	if (session.request !== undefined) return decide(question);
	if (isOwned) return { to: undefined, reason: 'best', lookAgainAtUs: undefined };
	const decision = decide(question);
	if (decision.reason !== 'no-network' && decision.reason !== 'nowhere-to-go') return decision;
	const asIfUp = basebands.map((baseband) => ({ ...baseband, isUp: true }));
	return decide({ ...question, basebands: asIfUp, session: { ...session, baseband: undefined } });
}
