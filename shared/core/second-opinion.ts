/**
 * What DescribeInstances says of instances that DescribeInstanceStatus does not show. `agrees`: it
 * shows none of them either. `contradicts`: it shows some. `refuses`: the account has no permission.
 * `unknown`: there was no answer, or no need of one.
 */
export type SecondOpinion = 'agrees' | 'contradicts' | 'refuses' | 'unknown';
