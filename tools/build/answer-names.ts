/** How the answer to a request may be called: `GetWeatherRequest` is answered by a `GetWeatherReply`, `...Answer` or `...Response`. */
export function answerNames(request: string): string[] {
	const stem = request.replace(/Request$/, '');
	return ['Reply', 'Answer', 'Response'].map((ending) => `${stem}${ending}`);
}
