import test from 'ava';
import { isTopicPattern, matchesTopic } from './topic-pattern.ts';

test('a pattern is a topic, the beginning of topics, or all of them', (t) => {
	for (const pattern of ['media.state', 'media.*', 'a.b.*', '*', 'session'])
		t.true(isTopicPattern(pattern), pattern);
	for (const pattern of [
		'',
		'Media.state',
		'media.',
		'.*',
		'media*',
		'*.state',
		'a.*.b',
		'a b',
		`a.${'x'.repeat(200)}`,
	])
		t.false(isTopicPattern(pattern), pattern);
});

test('a star stands for the rest of a topic, and never for a part of a word', (t) => {
	t.true(matchesTopic('media.*', 'media.state'));
	t.true(matchesTopic('media.*', 'media.a.b'));
	t.true(matchesTopic('*', 'media.state'));
	t.true(matchesTopic('media.state', 'media.state'));
	t.false(matchesTopic('media.*', 'mediator.state'));
	t.false(matchesTopic('media.*', 'media'));
	t.false(matchesTopic('media.state', 'media.states'));
});
