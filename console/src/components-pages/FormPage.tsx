import { useParams } from "@tanstack/react-router";
import { useCallback } from "react";
import { LineInput } from "../bot-file/fields/inputs.tsx";
import { shownText } from "../bot-file/model.ts";
import { isRecord } from "../bot-file/place.ts";
import { useMay } from "../session/useSession.ts";
import { Empty } from "../ui/Empty.tsx";
import { useLanguage, useWords } from "../words/words.tsx";
import classes from "./parts.module.css";
import { ComponentFrame, Section, SideCard } from "./parts.tsx";
import { Questions } from "./Questions.tsx";
import { questionsOf } from "./request.ts";
import { type Definition, type Errors, useComponent } from "./useComponent.ts";
import { checkId } from "./validate.ts";
import { validationWords, words } from "./words.ts";

const TEMPLATE: Definition = { id: "", questions: [{ question: "", save: "" }] };

/** *Scripts ▸ Forms*: questions whose answers are kept as a lead. */
export function FormPage() {
  const { id } = useParams({ strict: false });
  return <FormEditor key={id} />;
}

function FormEditor() {
  const t = useWords(words);
  const { language } = useLanguage();
  const may = useMay();
  const validate = useCallback(
    (definition: Definition, taken: string[]) => formErrors(definition, taken, language, t),
    [language, t],
  );
  const editor = useComponent({ kind: "forms", template: TEMPLATE, validate, mayEdit: may("bot.edit") });
  const { id } = useParams({ strict: false });
  if (!editor.isNew && !editor.stored && !editor.dirty) return <Empty title={t.missing(id ?? "")} />;
  const { definition, draft } = editor;
  return (
    <ComponentFrame
      editor={editor}
      title={editor.isNew ? t.newForm : String(definition.id || t.newForm)}
      beside={
        <SideCard title={t.previewTitle}>
          <div className={classes.chat}>
            {questionsOf(definition).map((question, at) => (
              <div key={at} style={{ display: "contents" }}>
                <div className={classes.bubble}>
                  {shownText(question.question, draft.file.language) || "…"}
                </div>
                {Array.isArray(question.choices) && question.kind === "choice" ? (
                  question.choices.map((choice, position) => (
                    <div key={position} className={`${classes.bubble} ${classes.reply}`}>
                      {shownText(isRecord(choice) ? choice.label : choice, draft.file.language)}
                    </div>
                  ))
                ) : (
                  <div
                    className={`${classes.bubble} ${classes.reply} mono`}
                  >{`{${String(question.save ?? question.field ?? "") || "…"}}`}</div>
                )}
              </div>
            ))}
          </div>
        </SideCard>
      }
    >
      <Section number={1} title={t.id}>
        <LineInput
          label={t.id}
          description={t.idHelp}
          placeholder="call-me"
          spellCheck={false}
          maw={360}
          value={String(definition.id ?? "")}
          onChange={(value) => editor.set("id", value)}
          onBlur={() => editor.left("id")}
          error={editor.errorOf("id")}
        />
      </Section>
      <Section number={2} title={t.serviceQuestions} help={t.formQuestionsHelp}>
        <Questions editor={editor} carries="save" />
      </Section>
    </ComponentFrame>
  );
}

function formErrors(
  definition: Definition,
  taken: string[],
  language: "en" | "es",
  t: { questionNeeded: string; saveNeeded: string; variableLetters: string; noQuestions: string },
): Errors {
  const errors: Errors = {};
  const id = checkId(String(definition.id ?? ""), taken, validationWords(language));
  if (id) errors.id = id;
  const questions = questionsOf(definition);
  if (questions.length === 0) errors.questions = t.noQuestions;
  for (const [at, question] of questions.entries()) {
    if (shownText(question.question).trim() === "") errors[`questions[${at}].question`] = t.questionNeeded;
    const save = String(question.save ?? question.field ?? "");
    if (save === "") errors[`questions[${at}].save`] = t.saveNeeded;
    else if (!/^[A-Za-z_]\w*$/.test(save)) errors[`questions[${at}].save`] = t.variableLetters;
  }
  return errors;
}
