/** What holds for every address, in CommonMark. */
export const INTRODUCTION = `Every address answers \`GET\` and \`HEAD\`, and lists its methods for \`OPTIONS\`. An unknown parameter
is refused, and so is everything else that cannot be meant; the problem document (RFC 9457) names all
that is wrong, and what is allowed.

**Lists** are parted by commas, and one value is enough. In a filter, \`!\` in front of a value excludes
it, and \`*\` is any text, in at most 20 values.

**Age.** \`asOf\` is the end of the last complete scan, \`ageSeconds\` how long ago that was, \`stale\`
whether that is too long. \`sinceKnown: false\` means at least since then.

**Access.** The token of the view opens everything. Others open \`/metrics\` and \`/sd\` only, or some
accounts and regions only: of the rest, nothing exists for them. An open address needs none.

**Cursors** are to be passed on as they are. Those of lists keep the state that the first page showed.

**The API of ECS.** A request to \`/\` with \`Action=DescribeInstanceStatus\`, by GET or POST, is answered
as ECS does, if the replica is switched on. It is signed with a key pair of its own (signature V1 or
ACS3), so any client of ECS can send it; its parameters, answers and errors are those of ECS.

**Scripts of other sites** read answers if their origin is configured.`;
