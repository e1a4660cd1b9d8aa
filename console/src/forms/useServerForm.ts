import { type UseFormInput, useForm } from "@mantine/form";
import { useCallback, useState } from "react";
import { type ApiProblem, fieldOf, isProblem } from "../api/problem.ts";

interface Options<T extends Record<string, unknown>> extends Pick<UseFormInput<T>, "validate"> {
  initialValues: T;
  /** Sends the values. A problem that it throws is shown beside the field that it names, or above the form. */
  send: (values: T) => Promise<unknown>;
  /** The path of a field that the server names differently: `/definition/url` → `url`. */
  rename?: (path: string) => string;
  /** What to say beside which fields of a problem that names none, though it is clear which one it means. */
  beside?: (problem: ApiProblem) => Record<string, string> | undefined;
}

/**
 * A form whose errors come from both sides: `validate` here, and what the server says of a field. Nothing typed is
 * lost when sending fails.
 */
export function useServerForm<T extends Record<string, unknown>>({
  initialValues,
  validate,
  send,
  rename,
  beside,
}: Options<T>) {
  const form = useForm<T>({ initialValues, validate, validateInputOnBlur: true });
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  const submit = async (values: T): Promise<boolean> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await send(values);
      form.resetDirty(values);
      return true;
    } catch (error) {
      setProblem(besideFields(error));
      return false;
    } finally {
      setBusy(false);
    }
  };

  /** Puts the problem's messages beside their fields, and gives back what belongs above the form. */
  const besideFields = (error: unknown): unknown => {
    if (!isProblem(error)) return error;
    const meant = beside?.(error);
    if (meant) {
      form.setErrors(meant);
      focusFirst(form.getInputNode, Object.keys(meant));
      return undefined;
    }
    if (error.fields.length === 0) return error;
    let unplaced = false;
    const placed: string[] = [];
    for (const { pointer, message } of error.fields) {
      const path = (rename ?? ((same: string) => same))(fieldOf(pointer));
      if (form.getInputNode(path) || hasPath(form.getValues(), path)) {
        form.setFieldError(path, message);
        placed.push(path);
      } else unplaced = true;
    }
    // While it was sent, the button had the focus, or nothing.
    focusFirst(form.getInputNode, placed);
    return unplaced ? error : undefined;
  };

  const onSubmit = form.onSubmit(
    (values) => void submit(values),
    (errors) => focusFirst(form.getInputNode, Object.keys(errors)),
  );
  const clearProblem = useCallback(() => setProblem(undefined), []);
  return { form, onSubmit, submit, problem, clearProblem, busy, dirty: form.isDirty() };
}

function hasPath(values: unknown, path: string): boolean {
  let at: unknown = values;
  for (const part of path.split(".")) {
    if (typeof at !== "object" || at === null || !(part in at)) return false;
    at = (at as Record<string, unknown>)[part];
  }
  return path !== "";
}

function focusFirst(node: (path: string) => Element | null, paths: string[]): void {
  for (const path of paths) {
    const found = node(path);
    if (found instanceof HTMLElement) {
      found.focus();
      return;
    }
  }
}
