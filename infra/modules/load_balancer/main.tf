resource "aws_lb" "this" {
  #checkov:skip=CKV_AWS_91:The access log has secret links, and is each environment's choice (load_balancer_access_logs)
  #checkov:skip=CKV_AWS_150:Deletion protection is each environment's choice, and on in production
  #checkov:skip=CKV2_AWS_28:A firewall needs rules made for this traffic; everything but the sign-in page needs a session
  #checkov:skip=CKV2_AWS_76:No Java runs behind it
  name               = var.name
  load_balancer_type = "application"
  internal           = false
  security_groups    = [var.security_group_id]
  subnets            = var.subnet_ids

  idle_timeout               = var.idle_timeout_seconds
  drop_invalid_header_fields = true
  # A request that two servers could read differently reaches neither; browsers send none.
  desync_mitigation_mode = "strictest"
  # The dashboard believes the last address that is named, as PROXY_HOPS says: this one adds it.
  xff_header_processing_mode = "append"
  enable_deletion_protection = var.deletion_protection

  dynamic "access_logs" {
    for_each = var.access_log == null ? [] : [var.access_log]

    content {
      enabled = true
      bucket  = access_logs.value.bucket_name
      prefix  = "load-balancer"
    }
  }
}

resource "aws_lb_target_group" "dashboard" {
  #checkov:skip=CKV_AWS_378:TLS ends at the load balancer; behind it is a private network that only it may enter
  name        = "${var.name}-pages"
  vpc_id      = var.vpc_id
  target_type = "ip"
  protocol    = "HTTP"
  port        = var.target_port

  deregistration_delay = var.drain_seconds

  # Alive, not ready: while the database is down the pages say so themselves. To take all of them away would
  # only hide that.
  health_check {
    path                = "/livez"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }

  stickiness {
    type            = "lb_cookie"
    cookie_duration = var.stickiness_seconds
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTPS"
  port              = 443
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06" # TLS 1.3 and 1.2
  certificate_arn   = var.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.dashboard.arn
  }
}

# Figures are for machines inside.
resource "aws_lb_listener_rule" "figures" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 1

  condition {
    path_pattern {
      values = ["/metrics", "/metrics/*", "/_stcore/metrics", "/_stcore/metrics/*"]
    }
  }

  action {
    type = "fixed-response"

    fixed_response {
      status_code  = "404"
      content_type = "text/plain"
      message_body = "Not found"
    }
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTP"
  port              = 80

  default_action {
    type = "redirect"

    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}
