locals {
  roles = {
    for name, role in {
      execution = { service = "ecs-tasks.amazonaws.com", statements = local.start_tasks }
      dashboard = { service = "ecs-tasks.amazonaws.com", statements = local.dashboard }
      worker    = { service = "ecs-tasks.amazonaws.com", statements = local.worker }
      function  = { service = "lambda.amazonaws.com", statements = local.function }
    } : name => role if name != "function" || local.has_lambda
  }
}

resource "aws_iam_role" "this" {
  for_each = local.roles

  name = "${var.name}-${each.key}"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = each.value.service }
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  #checkov:skip=CKV_AWS_290:Star only where an action knows no resources; each such statement says so
  #checkov:skip=CKV_AWS_355:Star only where an action knows no resources; each such statement says so
  for_each = local.roles

  name   = each.key
  role   = aws_iam_role.this[each.key].id
  policy = jsonencode({ Version = "2012-10-17", Statement = each.value.statements })
}
