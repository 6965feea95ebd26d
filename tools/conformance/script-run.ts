/** Runs one script of the suite, and says of each of its assertions what came of it. */
import { ComponentError } from '../../runtime/component/error.ts';
import type { GlueMaker } from '../../runtime/foreign/glue.ts';
import { type Command, type Invocation, readCommands, type Source } from './command.ts';
import { bytesOf, NoBytes } from './component-bytes.ts';
import { hostValue, isSame } from './constant.ts';
import { refusalOf } from './gate.ts';
import { type Ending, type Linked, link, type Running } from './linked.ts';
import type { Outcome, Result } from './result.ts';

type Verdict = Pick<Result, 'outcome' | 'why'>;
type Of<Kind extends Command['kind']> = Extract<Command, { kind: Kind }>;

/** Errors: `bad-script`. */
export async function runScript(text: string, glue: GlueMaker): Promise<Result[]> {
	const run = new ScriptRun(glue);
	const results: Result[] = [];
	for (const command of readCommands(text)) {
		const verdict = await run.judge(command);
		if (verdict !== undefined) results.push({ line: command.line, what: nameOf(command), ...verdict });
	}
	return results;
}

/** These say of valid bytes that they are none. Every other refusal is a rule of the platform. */
const aboutValidity: readonly string[] = ['not-a-component', 'glue-failed'];
/** What the maker of glue says of what it knows and does not take. */
const notTaken =
	/proposal not enabled|feature is not active|using multiple memories|not (?:yet )?(?:implemented|supported)/;

class ScriptRun {
	readonly #glue: GlueMaker;
	readonly #definitions = new Map<string, Linked | Verdict>();
	/** The instance that calls are for, or why there is none. */
	#current: Running | Verdict = verdict('not-run', 'no component was made before');

	constructor(glue: GlueMaker) {
		this.#glue = glue;
	}

	/** Undefined for what asserts nothing and went well. */
	async judge(command: Command): Promise<Verdict | undefined> {
		switch (command.kind) {
			case 'component':
				return this.#define(command);
			case 'instance':
				return this.#instantiate(command);
			case 'refused':
				return this.#mustBeRefused(command);
			case 'returns':
				return this.#called(command.call, (ending) => asExpected(command, ending));
			case 'traps':
				return this.#called(command.call, asTrap);
			case 'invoke':
				return this.#called(command.call, (ending) =>
					ending.tag === 'trap' ? verdict('fail', endingText(ending)) : undefined,
				);
			case 'start-traps': {
				const linked = await this.#link(command.source);
				if ('outcome' in linked) return linked;
				const started = linked.start();
				return 'ending' in started ? asTrap(started.ending) : verdict('fail', 'it can be instantiated');
			}
			case 'other':
				return verdict('not-run', `${command.head} is unknown to the runner`);
		}
	}

	async #define({ id, source, starts }: Of<'component'>): Promise<Verdict> {
		const linked = await this.#link(source);
		if (id !== undefined) this.#definitions.set(id, linked);
		if ('outcome' in linked) {
			if (starts) this.#current = without(linked);
			return linked;
		}
		if (!starts) return verdict('pass', 'taken');
		return this.#start(linked) ?? verdict('pass', 'taken and instantiated');
	}

	#instantiate({ definition }: Of<'instance'>): Verdict | undefined {
		const linked = this.#definitions.get(definition ?? '');
		if (linked === undefined || 'outcome' in linked) {
			this.#current = linked === undefined ? verdict('not-run', 'no such definition') : without(linked);
			return undefined;
		}
		return this.#start(linked);
	}

	/** Undefined when it runs. */
	#start(linked: Linked): Verdict | undefined {
		const [from] = linked.imports;
		if (from !== undefined) {
			this.#current = verdict('not-ours', `it imports ${from}, which the runner does not have`);
			return this.#current;
		}
		const started = linked.start();
		if ('running' in started) {
			this.#current = started.running;
			return undefined;
		}
		const failed = verdict('fail', endingText(started.ending));
		this.#current = without(failed);
		return failed;
	}

	async #link(source: Source): Promise<Linked | Verdict> {
		try {
			return await link(await bytesOf(source), this.#glue);
		} catch (error) {
			if (error instanceof NoBytes) return verdict('not-run', `no bytes: ${error.message}`);
			if (!(error instanceof ComponentError)) throw error;
			const saysInvalid = aboutValidity.includes(error.code) && !notTaken.test(error.message);
			return verdict(saysInvalid ? 'fail' : 'not-ours', told(error.code, error.message));
		}
	}

	async #mustBeRefused({ source }: Of<'refused'>): Promise<Verdict> {
		try {
			const refusal = await refusalOf(await bytesOf(source), this.#glue);
			if (refusal === undefined) return verdict('fail', 'it is taken');
			return verdict('pass', told(refusal.code, refusal.message));
		} catch (error) {
			if (!(error instanceof NoBytes)) throw error;
			return verdict('not-ours', `the text has no bytes: ${error.message}`);
		}
	}

	#called({ name, values }: Invocation, judge: (ending: Ending) => Verdict | undefined): Verdict | undefined {
		if ('outcome' in this.#current) return this.#current;
		const ending = this.#current.call(name, values.map(hostValue));
		if (ending.tag === 'ok' && ending.val instanceof Promise)
			return verdict('not-ours', 'it is asynchronous');
		return judge(ending);
	}
}

function asExpected({ expected }: Of<'returns'>, ending: Ending): Verdict {
	if (ending.tag === 'trap') return verdict('fail', endingText(ending));
	const wanted = expected[0] && hostValue(expected[0]);
	const given = ending.tag === 'err' ? ending : ending.val;
	// Glue gives the value of a result that is the whole of what is returned.
	const isGood = isSame(wanted, given) || isSame(wanted, { tag: 'ok', val: given });
	return isGood ? verdict('pass', 'returned') : verdict('fail', `it returned ${shown(given)}`);
}

function asTrap(ending: Ending): Verdict {
	if (ending.tag !== 'trap') return verdict('fail', `it returned ${shown(ending.val)}`);
	return verdict(ending.isBroken ? 'fail' : 'pass', endingText(ending));
}

const endingText = (ending: Ending): string => {
	if (ending.tag !== 'trap') return `it returned ${shown(ending.val)}`;
	return told(ending.isBroken ? `the glue broke: ${ending.code}` : ending.code, ending.message);
};

/** A code, and of its message what stands on one line. */
const told = (code: string, message: string): string =>
	`${code}: ${message
		.replace(/\s+/g, ' ')
		.replace(/^suite: /, '')
		.slice(0, 200)}`;

const shown = (value: unknown): string =>
	JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each)) ?? 'nothing';

/** Of what is asked of a component that could not be had. */
const without = ({ outcome, why }: Verdict): Verdict =>
	verdict(outcome === 'fail' ? 'not-run' : outcome, `the component: ${why}`);

function verdict(outcome: Outcome, why: string): Verdict {
	return { outcome, why };
}

function nameOf(command: Command): string {
	switch (command.kind) {
		case 'component':
			return `component ${command.id ?? ''}`.trim();
		case 'instance':
			return `component instance ${command.definition ?? ''}`.trim();
		case 'refused':
			return command.head;
		case 'returns':
			return `assert_return ${command.call.name}`;
		case 'traps':
			return `assert_trap ${command.call.name}`;
		case 'start-traps':
			return 'assert_trap component';
		case 'invoke':
			return `invoke ${command.call.name}`;
		case 'other':
			return command.head;
	}
}
