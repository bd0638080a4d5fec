/**
 * What DescribeInstances says of instances that DescribeInstanceStatus does not show: none of them
 * either, or some of them, or that this account may not look. `unknown`: it could not be asked,
 * or there was no need to.
 */
export type SecondOpinion = 'agrees' | 'contradicts' | 'refuses' | 'unknown';
