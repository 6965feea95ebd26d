/** What the command line itself can find wrong. */
import { CodedError } from '../../runtime/error.ts';

export const cliErrors = {
	usage: 'the command line is not as the help of the command says',
	interrupted: 'Ctrl-C or SIGTERM came before the command was done; what the box was asked for goes on there',
	'no-headend':
		'no running headend is known here: start one with `npx mullion headend` or `npm start`, or name it with --broker and --agent',
	'bad-headend-file': '.mullion/headend.json cannot be read; start the headend again',
	'already-running':
		'a box runs in this folder that `mullion start` has made: a new one would take its state',
	'no-repository': 'the folder of the module repository is not known: name it with --repository',
	'not-served': 'no headend answers boxes that read the repository: start one with `npx mullion headend`',
	'unknown-topic': 'no module of the repository declares the topic',
	'bad-payload': 'the message is not JSON, or does not fit the type that the topic was declared with',
	'not-seamless': 'a session was played, but something of it was lost, doubled or late',
	'unknown-vm': 'there is no such VM on the box',
	'unknown-module': 'there is no such module on the box',
	'name-taken': 'the box has a module of this name that another vendor made',
	'no-such-module': 'the module is not in the repository: push it, or name its file',
	'nothing-recorded': 'the VM had no turn while it was recorded',
	'no-such-turn': 'the recording ends before the turn',
	'not-equal': 'the build does something else than was recorded',
	'no-crash': 'no crash is known of that VM or by that name',
	'bad-map': 'a file that should be the source map of a module is none',
	'unknown-release': 'the repository has no such firmware release: `npx mullion release` signs one into it',
	'campaign-failed': 'boxes of a campaign have failed: no more were begun than may have',
	'boxes-away': 'boxes of a campaign were not there: the same command takes them later',
	'boxes-unreleased':
		'boxes of a campaign were not touched, as their board has no such release; the others have it',
	'no-slots': 'this box does not look after its own firmware',
	'no-expansion': 'this box does not look for devices that are plugged in',
	'bad-release': 'release.json in the folder of a firmware release is not JSON',
	'no-such-file': 'a file or folder named on the command line is not there',
} as const;

export class CliError extends CodedError<keyof typeof cliErrors> {
	override readonly name = 'CliError';
}
