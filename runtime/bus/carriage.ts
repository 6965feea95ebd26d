/**
 * Which topics a container VM carries on this box, and by which ways its services reach each other for that.
 *
 * The container gives nobody a right. A sender's own grants decide whether the container hears it, a receiver's whether
 * it hears the container; and the container has the topics only on which a module of this box may say something, so
 * that it cannot speak where nobody may.
 */
import type { Directory } from '../directory.ts';
import type { FullPolicy, Manifest } from '../module/manifest.ts';
import type { TopicGrant } from '../vm/cell-protocol.ts';
import { stricter } from './full-policy.ts';
import { declaredGrants, isAllowed, isPlatformTopic, PolicyError, type PolicyRule } from './policy.ts';
import { matchesTopic } from './topic-pattern.ts';
import { saidWay, topicsTopic } from './ways.ts';

const file = 'topics.json';
/** Topics that a container can carry. Beyond that they are carried by nobody. */
const mostTopics = 8192;

export interface CarriageOptions {
	/** Name of the module that carries. */
	readonly container: string;
	/** Patterns of the topics that only it may carry. Default all. */
	readonly topics?: readonly string[] | undefined;
	readonly rules?: readonly PolicyRule[] | undefined;
	/** Keeps the numbers of topics: the container remembers them where it is kept. */
	readonly directory: Directory;
}

export class Carriage {
	readonly container: string;
	readonly #patterns: readonly string[];
	readonly #rules: readonly PolicyRule[] | undefined;
	readonly #directory: Directory;
	/** In the order of their numbers, which follow those of the topics of its manifest. */
	readonly #topics: string[];
	/** On which somebody may say something, with what happens where the container has no room. */
	readonly #said = new Map<string, FullPolicy>();
	#manifest: Manifest | undefined;
	#obstacle: string | undefined = 'is not installed';

	/** A file that cannot be read is as one that is not there. Errors: `io`. */
	static async open(options: CarriageOptions): Promise<Carriage> {
		return new Carriage(options, parse(await options.directory.read(file)));
	}

	private constructor({ container, topics = ['*'], rules, directory }: CarriageOptions, known: string[]) {
		this.container = container;
		this.#patterns = topics;
		this.#rules = rules;
		this.#directory = directory;
		this.#topics = known;
	}

	/** @throws PolicyError `container-unfit` for one that may not carry what others say */
	check(manifest: Manifest): void {
		const why = this.#unfit(manifest);
		if (why !== undefined) throw new PolicyError('container-unfit', `${manifest.name} ${why}`);
	}

	/**
	 * Takes in what is installed now. What was allowed stays so until the box starts anew: the last that a module said
	 * before it went may still be on its way.
	 *
	 * Errors: `disk-full`, `io`; then what was known before counts.
	 */
	async learn(manifests: readonly Manifest[]): Promise<void> {
		const said = this.#saidBy(manifests);
		const known = new Set(this.#topics);
		const news = [...said.keys()].filter((topic) => !known.has(topic));
		const topics = [...this.#topics, ...news].slice(0, mostTopics);
		if (topics.length > this.#topics.length) {
			await this.#directory.write(file, new TextEncoder().encode(JSON.stringify(topics)));
			this.#topics.push(...topics.slice(this.#topics.length));
		}
		for (const [topic, whenFull] of said) this.#said.set(topic, stricter(this.#said.get(topic), whenFull));
		const found = manifests.find(({ name }) => name === this.container);
		this.#obstacle = found === undefined ? 'is not installed' : this.#unfit(found);
		this.#manifest = this.#obstacle === undefined ? found : undefined;
	}

	/** What its VM is granted, as it is carried here. @param granted by the rules; the order stays */
	grants(manifest: Manifest, granted: readonly TopicGrant[]): TopicGrant[] {
		if (manifest.name === this.container && this.#manifest !== undefined)
			return [
				...granted,
				{ name: topicsTopic, mayPublish: false, maySubscribe: false, whenFull: 'block' },
				...this.#carried(this.#manifest),
			];
		return granted.map((grant) =>
			this.#isCarried(grant.name) ? { ...grant, out: saidWay(grant.name) } : grant,
		);
	}

	isContainer({ name }: Manifest): boolean {
		return name === this.container && this.#manifest !== undefined;
	}

	/** Why nothing is carried as things are installed, behind the container's name; undefined where it is. */
	get obstacle(): string | undefined {
		return this.#obstacle;
	}

	/** Topics on which services may say something that reaches nobody, as the container cannot carry them. */
	uncarried(): string[] {
		const manifest = this.#manifest;
		if (manifest === undefined) return [];
		const carried = new Set(this.#carried(manifest).flatMap((t) => (t.maySubscribe ? [t.name] : [])));
		return [...this.#said.keys()].filter((topic) => this.#isCarried(topic) && !carried.has(topic));
	}

	/** Not what the platform says, and not the container's own: what it is asked itself goes straight to it. */
	#isCarried(topic: string): boolean {
		if (isPlatformTopic(topic) || !this.#patterns.some((pattern) => matchesTopic(pattern, topic)))
			return false;
		return !this.#isOwn(topic);
	}

	#isOwn(topic: string): boolean {
		const { publishes, subscribes } = this.#manifest ?? { publishes: {}, subscribes: {} };
		return Object.hasOwn(publishes, topic) || Object.hasOwn(subscribes, topic);
	}

	#carried({ domain, carries }: Manifest): TopicGrant[] {
		return this.#topics.map((name) => {
			const whenFull = this.#said.get(name);
			const may = (direction: 'publish' | 'subscribe'): boolean =>
				whenFull !== undefined &&
				this.#isCarried(name) &&
				carries.some((pattern) => matchesTopic(pattern, name)) &&
				isAllowed({ domain, direction, topic: name, rules: this.#rules });
			return {
				// Its own is there already, by a number of its own.
				name: this.#isOwn(name) ? saidWay(name) : name,
				mayPublish: may('publish'),
				maySubscribe: may('subscribe'),
				whenFull: whenFull ?? 'block',
				in: saidWay(name),
			};
		});
	}

	/** The topics on which one of them may say something: where all who hear it bear a loss, the container does too. */
	#saidBy(manifests: readonly Manifest[]): Map<string, FullPolicy> {
		const said = new Map<string, FullPolicy>();
		const grants = manifests
			.filter(({ name }) => name !== this.container)
			.flatMap((manifest) => declaredGrants(manifest, this.#rules));
		for (const { name, mayPublish } of grants) {
			if (!mayPublish || isPlatformTopic(name) || said.has(name)) continue;
			const hearers = grants.filter((other) => other.name === name && other.maySubscribe);
			const strictest = hearers.map(({ whenFull }) => whenFull).reduce(stricter, undefined);
			said.set(name, strictest ?? 'block');
		}
		return said;
	}

	#unfit({ name, domain, session, carries }: Manifest): string | undefined {
		if (carries.length > 0 && domain !== 'authorized')
			return 'may not carry messages of others: it is of the domain "open"';
		if (name !== this.container) return undefined;
		if (carries.length === 0)
			return 'is to carry the messages of this box, and its manifest does not ask for that ("carries")';
		return session === undefined
			? undefined
			: 'cannot carry messages of others: it serves sessions, and has a VM for each network';
	}
}

function parse(bytes: Uint8Array | undefined): string[] {
	if (bytes === undefined) return [];
	try {
		const names: unknown = JSON.parse(new TextDecoder().decode(bytes));
		const isList = Array.isArray(names) && names.every((name) => typeof name === 'string');
		return isList ? [...new Set<string>(names)] : [];
	} catch {
		return [];
	}
}
