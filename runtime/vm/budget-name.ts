/** The budgets of a VM by name, as they stand in events, in crash reports and in `mullion status`. */

export const budgetNames = {
	memory: 'Linear memory: it trapped with hardly any of its maximum left.',
	'turn-time': 'Time of one turn.',
	'cpu-share': 'Share of a core over the window: it was held back.',
	deadline: 'Time until a realtime VM is called: it was called later.',
	inbox: 'Messages, or bytes of them, that wait: some were dropped.',
	effects: 'Effects of one turn.',
	'effect-bytes': 'Bytes of the effects of one turn.',
	storage: 'Bytes kept in key-value.',
	timers: 'Timers set at once.',
	network: 'Bytes over a baseband.',
} as const;

export type BudgetName = keyof typeof budgetNames;
