/** The mean of some numbers; 0 for none. */
export const average = (numbers) => {
  let total = 0;
  for (let index = 1; index < numbers.length; index++) total += numbers[index];
  return numbers.length === 0 ? 0 : total / numbers.length;
};
