"""The GraphQL operations of the demonstration, as a front end would write them."""

VIEWER = "{ viewer { person { name } organization { name } } }"

UPLOAD = """
mutation ($file: Upload!) {
  uploadIntakeDocument(input: {file: $file}) {
    documents { id status job { id } }
    errors { code field message }
  }
}
"""

PROGRESS = "subscription ($id: ID!) { jobProgress(id: $id) { state progress stage } }"

DOCUMENT = """
query ($id: ID!) {
  node(id: $id) {
    ... on IntakeDocument {
      id status reasonMessage
      template { title version }
      fields { key label value confidence status }
    }
  }
}
"""

CONFIRM = """
mutation ($input: ConfirmIntakeDocumentInput!) {
  confirmIntakeDocument(input: $input) {
    review {
      status score grade
      subject { name }
      cycle { name }
      answers { label value weight source }
    }
    errors { code field message }
  }
}
"""
