/** The course of a metric as a sparkline draws it: what the server had, continued with each newer value. */
export type Course = readonly (number | null)[];

const KEPT = 120;

/** The course with one more value; one that has just begun, too. */
export function continued(course: Course, value: number | null): Course {
  return value === null ? course : [...course.slice(1 - KEPT), value];
}

/** What the server has, unless more was seen come in meanwhile than it had when it was asked. */
export function fetched(course: Course, answer: Course): Course {
  return answer.length >= course.length ? answer : course;
}
