use super::*;

fn lead(answers: &[(&str, &str)]) -> LeadDocument {
    let answers = answers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    LeadDocument { conversation: "1".to_owned(), form: "f".to_owned(), at: "now".to_owned(), answers }
}

#[test]
fn a_table_has_a_column_for_each_answer() {
    let text = table(&[lead(&[("name", "Ada \"A\""), ("city", "a,b\nc")]), lead(&[("age", "7")])]);
    let wanted = "\"conversation\",\"form\",\"at\",\"age\",\"city\",\"name\"\r\n\
                  \"1\",\"f\",\"now\",\"\",\"a,b\nc\",\"Ada \"\"A\"\"\"\r\n\
                  \"1\",\"f\",\"now\",\"7\",\"\",\"\"\r\n";
    assert_eq!(text, wanted);
}

#[test]
fn no_cell_is_a_formula() {
    for text in ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "\0", "=HYPERLINK(\"x\")"] {
        let mut out = String::new();
        cell(&mut out, text);
        assert!(out.starts_with("\"'"), "{text:?}: {out}");
    }
    let mut out = String::new();
    cell(&mut out, "a=1");
    assert_eq!(out, "\"a=1\"");
}
