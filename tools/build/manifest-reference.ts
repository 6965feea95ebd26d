/** The manifest for who writes one, from the tables by which it is read: `modules/MANIFEST.md`. */
import { clockFields } from '../../runtime/capability/clock.ts';
import { keyValueFields } from '../../runtime/capability/key-value.ts';
import { logFields } from '../../runtime/capability/log.ts';
import { mediaSinkFields } from '../../runtime/capability/media-sink/media-sink.ts';
import { networkStreamFields } from '../../runtime/capability/network-stream.ts';
import { recordingsFields } from '../../runtime/capability/recordings/recordings.ts';
import { serialFields } from '../../runtime/capability/serial.ts';
import { budgetFields } from '../../runtime/module/budget-fields.ts';
import type { Manifest, SessionService, Subscription } from '../../runtime/module/manifest.ts';
import { interval, patterns, rules, usual } from '../../runtime/module/manifest-rules.ts';
import {
	domainWords,
	durabilityWords,
	fullWords,
	powerWords,
	priorityWords,
	rangeWords,
} from '../../runtime/module/manifest-words.ts';
import type { NumberField } from '../../runtime/module/number-field.ts';

interface FieldText {
	readonly what: string;
	/** Missing where the field has to be there. */
	readonly fallback?: string;
	readonly limit: string;
}

type Inner =
	| `subscribes.TOPIC.${keyof Subscription}`
	| `session.${keyof SessionService}`
	| `durability.${keyof Manifest['durability']}`
	| 'config.type'
	| 'config.value'
	| `personas.NAME.${'ranges' | 'config'}`;
/** Where the parts of a field are explained, the field itself is not. */
type Whole = Exclude<keyof Manifest, 'session' | 'durability' | 'config' | 'persona'>;

const like = (pattern: RegExp, longest: number): string =>
	`\`${pattern.source.replaceAll('|', '\\|')}\`, ${longest} characters`;
const oneWord = (words: object): string => Object.keys(words).map(quoted).join(', ');
const entries = `${rules.entries.most} topics`;

const fields: Readonly<Record<Whole | Inner, FieldText>> = {
	name: {
		what: 'How the module and its VM are called.',
		limit: like(rules.module.pattern, rules.module.longest),
	},
	version: {
		what: 'Which of its versions this is.',
		limit: like(patterns.version, rules.version.longest),
	},
	vendor: {
		what: 'Who made it. A box may bring modules of some vendors only for what is plugged in (`expansion.vendors`).',
		limit: like(patterns.name, rules.name.longest),
	},
	description: {
		what: 'A sentence for the operator.',
		fallback: 'empty',
		limit: `${rules.description.longest} characters`,
	},
	domain: { what: 'Whose service it is.', fallback: quoted(usual.domain), limit: oneWord(domainWords) },
	priority: {
		what: 'The class that it runs in. Of a component that `mullion wrap` is given, `background` where it says nothing.',
		fallback: quoted(usual.priority),
		limit: oneWord(priorityWords),
	},
	publishes: {
		what: 'Topic -> full name of the protobuf message that it says there. Nothing else can be said.',
		fallback: 'none',
		limit: `${entries}, each ${like(patterns.topic, rules.entries.longest)}; names of messages ${rules.type.longest}`,
	},
	subscribes: {
		what: 'Topic -> full name of the message that it hears there, or an object with the two fields below.',
		fallback: 'none',
		limit: 'as `publishes`',
	},
	'subscribes.TOPIC.type': { what: 'Full name of the message.', limit: `${rules.type.longest} characters` },
	'subscribes.TOPIC.whenFull': {
		what: 'What happens to a message when the inbox has no room.',
		fallback: quoted(usual.whenFull),
		limit: oneWord(fullWords),
	},
	carries: {
		what: 'Topics of others that it carries, where the configuration of the box names it as its container (`ipc`): each a topic, `*`, or the beginning of topics such as `media.*`. Of the domain `authorized` only.',
		fallback: 'none',
		limit: `${rules.carries.most}, ${rules.carries.longest} characters each, none twice`,
	},
	capabilities: {
		what: 'Capability -> grant, an object. What is not named here cannot be used.',
		fallback: '`log` and `clock`',
		limit: 'see "Capabilities"',
	},
	budget: { what: 'What it may use up.', fallback: 'see "Budget"', limit: 'see "Budget"' },
	'durability.mode': {
		what: 'What of it outlives a fault, a kill and a power cut.',
		fallback: quoted(usual.durability),
		limit: `${oneWord(durabilityWords)}; of a component of another toolchain \`none\``,
	},
	'durability.intervalMs': {
		what: 'How often a `snapshot` is written at most, in milliseconds.',
		fallback: `${interval.fallback}`,
		limit: `${interval.most}; less than ${interval.least} counts as ${interval.least}`,
	},
	'session.kind': { what: 'Of a module that serves sessions: which, such as `media`.', limit: 'as `vendor`' },
	'session.ranges': {
		what: 'The networks that it is made for. It has a VM for each one that the box has.',
		limit: `one or more of ${oneWord(rangeWords)}`,
	},
	'config.type': {
		what: 'Full name of the message that it is configured by.',
		limit: `${rules.type.longest} characters`,
	},
	'config.value': {
		what: 'That message as JSON; the build encodes it. The operator may give another one.',
		fallback: 'all fields at their defaults',
		limit: `${rules.config.longest} bytes, encoded`,
	},
	'personas.NAME.ranges': {
		what: 'Of a module that is shipped in several settings: `session.ranges` of this one. The build makes a component of each, called `name-NAME`.',
		fallback: 'those of `session`',
		limit: 'as `session.ranges`',
	},
	'personas.NAME.config': {
		what: 'Its `config.value`.',
		fallback: 'as `config.value`',
		limit: 'as `config.value`',
	},
	usb: {
		what: 'The devices that it serves, `vendor:product`; it runs while one of them is plugged in.',
		fallback: 'none: it always runs',
		limit: `${rules.usb.most} of ${like(patterns.usb, rules.usb.longest)}, none twice`,
	},
	power: {
		what: 'What happens while the mains are lost.',
		fallback: quoted(usual.power),
		limit: oneWord(powerWords),
	},
};

const words = {
	domain: domainWords,
	priority: priorityWords,
	whenFull: fullWords,
	'durability.mode': durabilityWords,
	'session.ranges': rangeWords,
	power: powerWords,
};

const grants: Readonly<Record<string, Readonly<Record<string, NumberField>>>> = {
	log: logFields,
	clock: clockFields,
	'key-value': keyValueFields,
	'network-stream': networkStreamFields,
	'media-sink': mediaSinkFields,
	recordings: recordingsFields,
	serial: serialFields,
};

export function manifestReference(): string {
	const fieldRows = Object.entries<FieldText>(fields).map(
		([name, { what, fallback = '**needed**', limit }]) => [quoted(name), what, fallback, limit],
	);
	const wordRows = Object.entries(words).flatMap(([field, all]) =>
		Object.entries(all).map(([word, meaning]) => [quoted(field), quoted(word), meaning]),
	);
	const grantRows = Object.entries(grants).flatMap(([grant, all]) =>
		numberRows(all).map((row) => [quoted(grant), ...row]),
	);
	return `# The manifest of a module

\`manifest.json\` says what a module is, what it may do and how much of it. Written by \`npm run generate\` from the tables
by which it is read (\`runtime/module\`, \`runtime/capability\`); do not edit.

\`\`\`json
{ "name": "doorbell", "version": "1.0.0", "vendor": "acme",
  "publishes": { "doorbell.rung": "doorbell.Rung" },
  "subscribes": { "doorbell.ring": { "type": "doorbell.Ring", "whenFull": "drop-oldest" } },
  "capabilities": { "key-value": { "maxBytes": 1024 } },
  "budget": { "memoryPages": 16, "turnMs": 100 } }
\`\`\`

A field that is not in these tables, or one with a value beyond its limit, ends the build (\`bad-manifest-file\`); a box refuses
a module with one (\`bad-manifest\`), and it alone looks into the grants. What asks for a capability that the box has not
is refused too (\`capability-unknown\`). \`budget\`, \`durability\`, \`session\`, \`config\` and \`personas\` are objects that may be
missing; what is needed in one is needed where it is there.

## Fields

${table(['field', 'what it is', 'default', 'limit'], fieldRows)}
## Words

${table(['field', 'word', 'what it means'], wordRows)}
## Budget

Each a whole number from 1 on. A box may grant less (\`caps\` of its configuration): the VM runs with that, and is told
nothing. What was exceeded stands by name in \`mullion status\` and in an event. A VM whose turn failed is restarted after a
pause, which grows; after too many failures in a minute it is parked until its module is pushed again.

${table(['field', 'what it is', 'default', 'most', 'beyond it'], numberRows(budgetFields))}
## Capabilities

\`log\` and \`clock\` everyone has, with their defaults. \`network-stream\` needs \`hosts\` too: a list of the names of hosts that it
may fetch from, or \`"*"\`; any other one ends a fetch with \`denied\`. \`"recording:NAME"\` among them, which \`"*"\` does not stand for, lets
a module of the operator's own read what the module NAME has recorded, as \`recording:NAME/RECORDING\`, and any module what it has
recorded itself; no network is used for that. \`"anyNetwork": true\` has each fetch of a module without sessions go over the best
network that is there then; else its VM is bound to the first. Of \`log\`, \`key-value\`, \`network-stream\`,
\`media-sink\` and \`recordings\` a box may grant less (\`grantCaps\` of its configuration, by capability and field), as it may of budgets.

${table(['grant', 'field', 'what it is', 'default', 'most', 'beyond it'], grantRows)}`;
}

function numberRows(all: Readonly<Record<string, NumberField>>): string[][] {
	return Object.entries(all).map(([name, { what, fallback, most, beyond }]) => [
		quoted(name),
		what,
		amount(fallback),
		amount(most),
		beyond,
	]);
}

function amount(value: number): string {
	return value >= Number.MAX_SAFE_INTEGER ? 'any' : `${value}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`);
	return lines.join('');
}

function quoted(text: string): string {
	return `\`${text}\``;
}
