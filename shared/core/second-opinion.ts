/**
 * What DescribeInstances says of instances that DescribeInstanceStatus does not show. `agrees`: it
 * shows none of them either. `contradicts`: it shows some. `refuses`: the account has no permission.
 * `unproven`: it shows none, where the proof is needed and missing that the account may look.
 * `unknown`: there was no answer, or no need of one.
 */
export type SecondOpinion = 'agrees' | 'contradicts' | 'refuses' | 'unproven' | 'unknown';
