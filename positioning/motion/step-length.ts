/** What a vigorous step measures, metres, and the swing at which a step is half as long, m/s². */
const vigorousM = 0.786
const halfSwing = 3

/**
 * How long a step of a swing usually is, metres: people who slow down, turn round or shuffle on the spot
 * swing little, and beyond a brisk walk more swing is no more way. What is particular to a person and to
 * how the phone is carried is left to the filter, which learns it as a factor.
 *
 * Fitted to 1,638 stretches between the survey's waypoints: the way a stretch is off falls from 25 % with
 * one length for every step to 16 % (standard deviation of its logarithm; README).
 * @param swing of the smoothed acceleration over the step, m/s², not negative
 * **Source** that swing tells length: H. Weinberg, Analog Devices AN-602 (2002); the saturating form own.
 */
export function stepLengthM(swing: number): number {
  const square = swing * swing
  return (vigorousM * square) / (square + halfSwing * halfSwing)
}
